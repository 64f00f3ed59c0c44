// A process that serves the tools over its standard input and output, as `b24push mcp` does. The window behind it
// answers with what it was asked.
import { serveMcp } from '../../src/b24push/mcp';

void serveMcp({
  version: '1.2.3',
  ask: (request) => Promise.resolve({ message: JSON.stringify(request), isError: false }),
});
