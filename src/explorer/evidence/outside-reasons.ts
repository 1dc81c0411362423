/** Why templates list requirements of which Seawall assesses nothing. */
export const outsideReasons = {
  papers:
    'It is about written policies, duties and agreements, which Seawall does not read. A review of these documents would assess this.',
  people: 'It is about how people are chosen, trained and given access. A review of these records would assess this.',
  premises: 'It is about buildings, media and devices. A visit to the premises would assess this.',
  networks:
    'It is about firewalls and networks outside the hosts, which Seawall does not see. A review of their rules would assess this.',
  wireless: 'It is about wireless networks, which Seawall does not see. A survey of the premises would assess this.',
  data: 'It is about the data of applications, which Seawall does not read. A review of the data and of where it is kept would assess this.',
  code: 'It is about how applications are written and tested. A review of the development process would assess this.',
  logins:
    'It is about logins of applications and directories, which Seawall does not see. A review of their settings would assess this.',
  records:
    'It is about what applications and log servers record and keep. A review of these records would assess this.',
  recovery: 'It is about backups and emergencies. A test of the recovery plan would assess this.',
} as const;
