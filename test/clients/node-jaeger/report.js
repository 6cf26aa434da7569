const spansEach = 500
const everyMs = 50

/**
 * Makes spans of each operation by turns, and prints after each round how many of them are kept, as
 * `{"made": 500, "kept": {"GET /cart": 250}}`. Ends the program with its input.
 */
export function report(operations, isKept) {
  process.stdin.resume().on('end', () => process.exit(0))
  setInterval(() => {
    const kept = Object.fromEntries(operations.map((operation) => [operation, count(operation)]))
    console.log(JSON.stringify({ made: spansEach, kept }))
  }, everyMs)

  function count(operation) {
    let kept = 0
    for (let span = 0; span < spansEach; span++) if (isKept(operation)) kept += 1
    return kept
  }
}
