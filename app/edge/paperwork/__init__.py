"""The papers that leave the system: what each kind is, how it is made, how it is frozen when it is issued."""
