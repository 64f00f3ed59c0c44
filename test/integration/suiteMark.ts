/** Starts each line that the integration suite prints, so that the launcher can tell it from VS Code's own. */
export const suiteMark = '│ ';
