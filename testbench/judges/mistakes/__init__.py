"""Small mistakes that AWS refuses, and who notices each of them before AWS does.

mistake     what a mistake is: other inputs for one resource of the recorded deployment
table       the mistakes, by service, each with the rule of AWS's that it breaks
provider    what the real AWS provider says of the inputs, and the request that it would send
trials      whether the emulated AWS refuses that request, or a later one because of it
verdicts    all judges over all mistakes
"""
