"""The part of the table that concerns groups and meetings: their classes, rules, bodies and things on the stage."""
