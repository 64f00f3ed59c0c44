import type { RecordedRequest } from './controlApi';

/**
 * Reads the filter of GET /requests: `method` is a part of the method's name, `person` the id or a part of
 * the name of the caller, and `errors=1` keeps what failed.
 */
export function requestFilter(query: URLSearchParams): (request: RecordedRequest) => boolean {
  const method = (query.get('method') ?? '').trim().toLowerCase();
  const person = (query.get('person') ?? '').trim().toLowerCase();
  const onlyErrors = query.get('errors') === '1';
  return (request) =>
    request.method.toLowerCase().includes(method) &&
    (person === '' || isCaller(request.caller, person)) &&
    (!onlyErrors || hasFailed(request));
}

function isCaller(caller: RecordedRequest['caller'], wanted: string): boolean {
  if (caller === null) {
    return false;
  }
  return /^\d+$/.test(wanted)
    ? String(caller.id) === wanted
    : caller.name.toLowerCase().includes(wanted);
}

/** What the portal sends to the application by way of the browser has no answer, and has not failed. */
function hasFailed({ method, status, error }: RecordedRequest): boolean {
  return error !== null || status >= 400 || (status === 0 && method !== 'app.open');
}
