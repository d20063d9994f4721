"""Moves the Reserved IP to the load balancer that serves.

Only DigitalOcean's API decides where the IP points, so there is no election. The load balancer that holds the IP does
nothing until it is told to hand it over, or is no longer used. The others ask four times a second what clients would
ask, count what was bad and judge, and one of them claims the IP.

Read in this order:
    decision.py   where the IP should be: the whole rule
    facts.py      what it is judged by, and how that is counted
    move.py       how the IP gets there: one call of the API after the other
    api.py        DigitalOcean's API
    probes.py     what is asked four times a second
    looks.py      what is looked at less often
    droplets.py   what each droplet says is wrong with it: told, and never a reason to move the IP
    changes.py    whom a deployment may use, and whom everybody asks; releases.py and rounds.py belong to it
    challenge.py  what a certificate authority asks
    pages.py      who is told, and the command's other half
    __main__.py   the command: the daemon, all of it at once, or a question to it
"""
