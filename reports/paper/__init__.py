"""What official papers share: the grid of GB/T 9704-2012, how paragraphs, marks and titles are set, the Word frame."""
