"""The kinds of long work, made of what both edges share; asking for work and handing its file out."""
