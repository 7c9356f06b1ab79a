"""/rules: the rules in force, their versions, changes of them."""
