"""The command line: the same verbs that the back office calls, for operators and scripts."""
