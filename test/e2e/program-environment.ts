/**
 * The environment of the program in tests. It takes every SPANGATE_ variable for a setting, and those of the
 * tests are none.
 */
export function programEnvironment(
  given: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string | undefined>> {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('SPANGATE_TEST_'))
  return { ...Object.fromEntries(own), ...given }
}
