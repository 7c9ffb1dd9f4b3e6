"""codegenie: a build system for facts about source repositories."""

__version__ = "0.1.0"
