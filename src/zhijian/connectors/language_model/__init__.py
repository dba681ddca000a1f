"""Language models on the office's own network that speak the chat interface of OpenAI."""
