"""What goes wrong: a sentence that may be published, and what a program said about it, which may not."""


class Trouble(Exception):
    def __init__(self, sentence, detail=""):
        super().__init__(sentence)
        self.sentence, self.detail = sentence, " ".join(detail.split())[-500:]


class Absent(Trouble):
    """There is no repository yet."""


class WrongPassword(Trouble):
    """The repository is there, and another password opens it."""


def log(priority, line):
    print(f"<{priority}>{line}", flush=True)
