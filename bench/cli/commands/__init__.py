"""What each command does with its options; module and command have the same name, and each has ``command``."""
