"""The file of a backup as bytes: a tar of members with one digest over all, in the open or sealed; knows no tables."""
