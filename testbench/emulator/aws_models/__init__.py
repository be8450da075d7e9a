"""What AWS publishes of its APIs: which operation a request is, its parameters, and what they must satisfy.

The source is the service models that botocore ships. `validation` checks each request against them before
moto sees it.

    requests      an HTTP request with its body
    operations    which operation of which service a request asks for
    parsing       the request's parameters, whatever the protocol on the wire
    constraints   what the models state formally: required, length, range, pattern, enum
    patterns      the models' Java regular expressions
    prose         what the models state in their documentation only
    errors        the error that the service would answer
    validation    all of it, as WSGI middleware
"""
