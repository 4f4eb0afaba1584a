"""The adversary's best reply, and packages of measures against it."""
