"""Small mistakes that AWS refuses, and who notices each of them before AWS does.

mistake     a mistake: different inputs for one resource of the recorded deployment
table       the mistakes by service, each with the AWS rule that it breaks
provider    what the real AWS provider says about the inputs, and the request that it would send
trials      whether the emulated AWS refuses that request, or a later one because of it
verdicts    asks all judges about all mistakes
report      the results as a table
"""
