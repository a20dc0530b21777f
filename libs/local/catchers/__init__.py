"""Takes the mails and text messages of the system on one machine, and shows them to people and tests."""
