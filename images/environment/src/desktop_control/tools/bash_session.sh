# The loop inside the agent's shell. Standard input is a socket: commands come in on it, each as MARK NUL COMMAND NUL,
# and after each the exit status goes out on it. MARK, printed on standard output and standard error, ends the output of
# the command. The three are kept on 250, 252 and 253 out of a command's sight, so that one which closes or redirects its
# own output takes nothing away from the next.
exec 250<&0 252>&1 253>&2 </dev/null
printf '%s\n' "$$" >&250
while IFS= read -r -d '' -u 250 __mark && IFS= read -r -d '' -u 250 __command; do
    { eval "$__command"; } </dev/null >&252 2>&253 250<&- 252>&- 253>&-
    __status=$?
    printf '%s' "$__mark" >&252
    printf '%s' "$__mark" >&253
    printf '%s\n' "$__status" >&250
done
