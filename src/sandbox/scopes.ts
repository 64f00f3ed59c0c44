/** The scopes that an application can get here, with their labels in the portal's form. Source: the documentation page scopes/permissions.md. */
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
