# needs: jq
# An agent: JSON on stdout whatever happens, and a text for the model to try again.
fastapply --json <named.md >result.json
same applied "$(jq -r .status result.json)"
same notes.txt "$(jq -r '.files[0].path' result.json)"

block 'line eleven' 'x' | fastapply notes.txt --json >result.json && fail 'it does not fit'
same '1 missing' "$(jq -r '"\(.exit_code) \(.reason)"' result.json)"
jq -r '.retry // .message' result.json | grep -q 'line eleven'

# the loop of an agent: where an answer does not fit, its retry text is the next prompt
model() { grep -q 'does not fit' && { echo notes.txt; block 'line 11' 'line eleven'; }; }
jq -r .retry result.json | model | fastapply --json | jq -e '.status == "applied"' >/dev/null
same 'line eleven' "$(sed -n 11p notes.txt)"

echo 'no edit at all' | fastapply --json | jq -e '.exit_code == 3' >/dev/null && fail 'pipefail'
fastapply undo --json | jq -e '.status == "undone"' >/dev/null
fastapply undo --list --json | jq -e '.applications | length == 1' >/dev/null
