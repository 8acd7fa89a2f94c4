"""Errors that have a meaning for the caller."""


class SidecarError(Exception):
    """`kind` decides which error the caller raises; `details` are facts for programs."""

    def __init__(self, kind, message, **details):
        super().__init__(message)
        self.kind = kind
        self.details = details
