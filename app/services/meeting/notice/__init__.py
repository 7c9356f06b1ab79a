"""The notice of a meeting: who is asked, what each is sent, what they answer, who came."""
