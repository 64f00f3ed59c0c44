import { browserScript } from './browserScript';
import { BbText } from './client/bbText';
import { BellView } from './client/bellView';
import { ControlClient } from './client/controlClient';
import { CurlCommand } from './client/curlCommand';
import { DomTools } from './client/domTools';
import { PageTexts } from './client/pageTexts';
import { PageWords } from './client/pageWords';
import { PeopleFilter } from './client/peopleFilter';
import { PersonDialog } from './client/personDialog';
import { PhoneGrid } from './client/phoneGrid';
import { PhonesApp, startPhonesApp } from './client/phonesApp';
import { PhoneView } from './client/phoneView';
import { RequestsTable } from './client/requestsTable';
import { Switchboard } from './client/switchboard';

/** Makes the script of the phones' page. */
export function phonesClientScript(): string {
  return browserScript(startPhonesApp, {
    BbText,
    BellView,
    ControlClient,
    CurlCommand,
    DomTools,
    PageTexts,
    PageWords,
    PeopleFilter,
    PersonDialog,
    PhoneGrid,
    PhonesApp,
    PhoneView,
    RequestsTable,
    Switchboard,
  });
}
