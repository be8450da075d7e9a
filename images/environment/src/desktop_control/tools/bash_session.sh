# shellcheck shell=bash
# The loop inside the agent's shell. Standard input is a socket: it delivers commands, each as MARK NUL COMMAND NUL, and
# takes back the exit status after each. MARK, printed on standard output and on standard error, ends the command's output.
# The three are kept on descriptors 250, 252 and 253, which commands do not get: a command that closes or redirects its own
# output must not affect the next one.
exec 250<&0 252>&1 253>&2 </dev/null
printf '%s\n' "$$" >&250
while IFS= read -r -d '' -u 250 __mark && IFS= read -r -d '' -u 250 __command; do
    { eval "$__command"; } </dev/null >&252 2>&253 250<&- 252>&- 253>&-
    __status=$?
    printf '%s' "$__mark" >&252
    printf '%s' "$__mark" >&253
    printf '%s\n' "$__status" >&250
done
