"""How old the copies are, from what was seen in the bucket: late ones are a trouble of the droplet, and so is not to know."""

from backups import binary_logs, moment, places, state, work

# Seconds after which each is late.
LATE = {"logs": 5 * 60, "base": 26 * 3600, "dump": 8 * 86400, "proof": 8 * 86400}
WEEKLY = ("dump", "proof")
WORDS = {
    "logs": "the newest binary log in the bucket is {age} old",
    "base": "the newest base in the bucket is {age} old",
    "dump": "the newest dump in the bucket is {age} old",
    "proof": "the newest proof that the backups can be restored is {age} old",
}
UNKNOWN = {
    "logs": "no binary log was seen in the bucket",
    "base": "no base of this database was seen in the bucket",
    "dump": "no dump of this database was seen in the bucket",
    "proof": "no base in the bucket is proven",
}


def write():
    with state.held():
        known, now = state.read(), moment.now().timestamp()
        put(places.TROUBLES, [*troubles(known, now, binary_logs.free()), *([work.MISSING] if work.is_missing() else [])])
        put(places.NOTES, notes(known, now))


def troubles(known, now, free):
    """A line for each."""
    for kind, late in LATE.items():
        age = now - known[kind] if kind in known else None
        # Data that began today need not have what is made once a week.
        if kind in WEEKLY and age is None and now - known.get("first_base", now) < late:
            continue
        if age is None or age > late:
            why = f": {known['why'][kind]}" if kind in known.get("why", {}) else ""
            yield (UNKNOWN[kind] if age is None else WORDS[kind].format(age=duration(age))) + why
    if "gap" in known:
        yield "binary logs are gone that never reached the bucket: a new base is needed"
    if free < binary_logs.SCARCE:
        yield f"{free:.0%} of the volume are free: binary logs that are not in the bucket have to go at {binary_logs.NONE_LEFT:.0%}"


def notes(known, now):
    ages = [f"{kind} {duration(now - known[kind])}" for kind in LATE if kind in known]
    yield f"Age of the newest copies in the bucket: {', '.join(ages) or 'there are none'}."
    if not places.PASSWORD_TRIED.exists():
        yield "Nobody has tried on this droplet whether the password that you keep elsewhere opens them: scale-up backup-key does."


def duration(seconds):
    for unit, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{max(0, seconds):.0f} seconds"


def put(file, lines):
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.name}.new")
    unfinished.write_text("".join(f"{line}\n" for line in lines))
    unfinished.replace(file)
