"""What the operator sees of the service: metrics, ids in logs, traces, reports of errors. Never what fans write."""
