/** Scopes that an application can be given here, with the words of Bitrix24's form. */
export const SCOPES: readonly { code: string; label: string }[] = [
  { code: 'pull', label: 'Pull&Push' },
  { code: 'user', label: 'Users' },
  { code: 'user_basic', label: 'Users (basic)' },
  { code: 'user_brief', label: 'Users (minimal)' },
  { code: 'department', label: 'Company structure' },
  { code: 'im', label: 'Chat and notifications' },
  { code: 'mobile', label: 'Mobile Application' },
  { code: 'crm', label: 'CRM' },
  { code: 'task', label: 'Tasks' },
];
