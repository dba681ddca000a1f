"""The staff's home: today's work, navigation, sign-in, and the pages that join two rooms."""
