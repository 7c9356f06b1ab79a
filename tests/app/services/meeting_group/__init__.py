"""Leadership groups: rules that bind posts, changes of members, seats that follow posts."""
