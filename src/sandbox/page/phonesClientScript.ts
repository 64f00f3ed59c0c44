import { browserScript } from './browserScript';
import { controlClient } from './client/controlClient';
import { domTools } from './client/domTools';
import { personDialog } from './client/personDialog';
import { phoneFacts } from './client/phoneFacts';
import { phonesMain } from './client/phonesMain';
import { phoneMaker } from './client/phoneView';
import { requestsTable } from './client/requestsTable';
import { switchboard } from './client/switchboard';

/** The script of the phones' page. */
export function phonesClientScript(): string {
  return browserScript(phonesMain, {
    domTools,
    phoneFacts,
    controlClient,
    phoneMaker,
    personDialog,
    switchboard,
    requestsTable,
  });
}
