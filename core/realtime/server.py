"""How the process of the sockets is started, said once; nothing is imported, since the launcher reads it too."""

OPTIONS = (
    # What is compressed for each reader anew costs memory for each of them.
    ("--ws-per-message-deflate", "false"),
    ("--ws-max-size", "16384"),
    # The heartbeat: whoever does not answer a ping is gone.
    ("--ws-ping-interval", "20"),
    ("--ws-ping-timeout", "20"),
)  # fmt: skip
ARGUMENTS = tuple(word for option in OPTIONS for word in option)
