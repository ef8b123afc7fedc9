"""The addresses that clients of OpenAI's speech API call, below ``/v1/``: for the same requests, queue and limits."""
