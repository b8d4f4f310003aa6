"""Laws that every scenario must keep, whatever it is about: played on the scenario, judged by hand computation."""
