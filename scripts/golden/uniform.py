class Uniform:
    """The minimal standard generator of Park and Miller; exact in 53 bits, so the same in JavaScript. Values in (0, 1)."""

    def __init__(self, seed):
        self.state = seed

    def __call__(self):
        self.state = self.state * 16807 % 2147483647
        return self.state / 2147483647
