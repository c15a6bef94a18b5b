"""Where it is measured: the machine and its load, threads, what is installed, what would make noise."""
