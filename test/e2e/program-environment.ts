/**
 * The environment of the program in tests. It takes every SPANGATE_ variable for a setting, and those of the
 * tests and their seeds are none.
 */
export function programEnvironment(
  given: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string | undefined>> {
  const own = Object.entries(process.env).filter(([name]) => !/^SPANGATE_(TEST|FUZZ)_/.test(name))
  return { ...Object.fromEntries(own), ...given }
}
