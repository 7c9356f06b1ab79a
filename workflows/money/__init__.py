"""Special funds 专项资金: how money is asked for, granted, paid and accounted for; pure rules and sums."""
