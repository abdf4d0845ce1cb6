/** Sentences of the book in a panel's words: its buttons, where a terminal has commands. */

const BUTTONS: Readonly<Record<string, string>> = {
  alias: 'Alias…',
  stage: 'Stage…',
  check: 'Check…',
  approve: 'Approve…',
  describe: 'Describe…',
  deprecate: 'Deprecate…',
  protect: 'Protect…'
};
const COMMAND = /`cellbook models (\w+) ([^`]*)`/g;

/**
 * Return what is said of models with the buttons in it that do what its commands do.
 *
 * @param message - What the book says.
 * @param there - The buttons that are in sight; a command that has none stays what it is, as does
 * one that consents to code of others, which nobody does from afar.
 */
export function inPanel(message: string, there: readonly string[]): string {
  return message.replace(COMMAND, (command, verb: string, rest: string) => {
    const button = BUTTONS[verb];
    return there.includes(button) && !rest.includes('--trust') ? `“${button}” above` : command;
  });
}
