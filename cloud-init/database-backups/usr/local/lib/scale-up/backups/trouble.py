"""What goes wrong: a sentence that may be published, and what a program said about it, which may not."""


class Trouble(Exception):
    def __init__(self, sentence, detail=""):
        super().__init__(sentence)
        self.sentence, self.detail = sentence, " ".join(detail.split())[-500:]


class Absent(Trouble):
    """There is no repository yet."""


class WrongPassword(Trouble):
    """The repository is there, and another password opens it."""


class Damaged(Trouble):
    """What is in the bucket is not what was brought there, or not all of it."""


class Incomplete(Trouble):
    """A copy was made of less than there is; `said` is what restic printed of it."""

    def __init__(self, said, detail):
        super().__init__("a part of the data can't be read", detail)
        self.said = said


def log(priority, line):
    print(f"<{priority}>{line}", flush=True)
