"""Copies of the database in a bucket: a base each night, the binary logs each minute, a dump and a proof each week; and the way back.

All that is known of copies is read from the bucket. On the volume, beside MySQL's data directory:

    lineage          which history of the data this is; a restore begins a new one
    backups/         for the units scale-up-backup-*.service
      logs/          closed binary logs by day and hour, as hard links: MySQL may forget a log before it has reached the bucket
      work/          where mysqld may write (bound to /var/lib/mysql-files/backups): clones, proofs, restores; the work volume where there is one
      state.json     what was seen in the bucket last
"""
