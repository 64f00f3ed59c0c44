/** All integration suites. A unit test compares this list with the files beside it. */
import './accounts/bitrix24Accounts.test';
import './accounts/patientProgress.test';
import './accounts/vscodeSignInDialogs.test';
import './bitrix24/nodeFetchTransport.test';
import './compose/deepLink.test';
import './compose/palette.test';
import './compose/selection.test';
import './extension.test';
import './form/formView.test';
import './history/historyView.test';
import './problems/catalogue.test';
import './problems/fixes.test';
import './problems/notifier.test';
import './push/confirmSend.test';
import './push/sendAndTell.test';
import './recipients/recipientPicker.test';
