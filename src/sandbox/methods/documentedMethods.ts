// Written by test/fidelity/methodList.mts from github.com/bitrix24/b24restdocs, commit 5988ed130d13802764a555edbfe12d0fc81e7d7a of 2026-08-21.
// Keys are the scopes of which any opens the methods; '' opens them to every token. `a(b c)` means a.b and a.c.

/** Methods below /rest/. */
export const METHODS_OF_REST_2: Readonly<Record<string, string>> = {
  '': `
    access(name) app(info option(get set)) batch event(bind get offline(clear error get list) unbind) feature(get)
    method(get) methods profile scope server(time) user(access admin option(get set))
  `,
  ai_admin: `
    ai(engine(list register unregister))
  `,
  biconnector: `
    biconnector(connector(add delete fields get list update) dataset(add delete fields fields(update) get list
    update) source(add delete fields get list update))
  `,
  bizproc: `
    bizproc(activity(add delete list log update) event(send) robot(add delete list update) task(complete delegate
    list) workflow(instances kill start template(add delete list update) terminate))
  `,
  booking: `
    booking(v1(booking(add client(list set unset) createfromwaitlist delete externaldata(list set unset) get list
    update) clienttype(list) resource(add delete get list slots(list set unset) update) resourcetype(add delete
    get list update) waitlist(add client(list set unset) createfrombooking delete externaldata(list set unset) get
    list update)))
  `,
  calendar: `
    calendar(accessibility(get) event(add delete get get(nearest) getbyid update) meeting(status(get set))
    resource(add booking(list) delete list update) section(add delete get update) settings(get) user(settings(get
    set)))
  `,
  cashbox: `
    sale(cashbox(add check(apply) delete handler(add delete list update) list update))
  `,
  catalog: `
    catalog(catalog(get getfields isoffers list) document(add cancel cancellist conduct conductlist confirm delete
    deletelist element(add delete fields getfields list update) fields getfields list mode(status) unconfirm
    update) documentcontractor(add delete getfields list) enum(getroundtypes getstoredocumenttypes) extra(get
    getfields list) measure(add delete get getfields list update) price(add delete get getfields list modify
    update) pricetype(add delete get getfields list update) pricetypegroup(add delete getfields list)
    pricetypelang(add delete get getfields getlanguages list update) product(add delete download get
    getfieldsbyfilter list offer(add delete download get getfieldsbyfilter list update) service(add delete
    download get getfieldsbyfilter list update) sku(add delete download get getfieldsbyfilter list update) update)
    productimage(add delete get getfields list) productproperty(add delete get getfields list update)
    productpropertyenum(add delete get getfields list update) productpropertyfeature(add get
    getavailablefeaturesbyproperty getfields list update) productpropertysection(get list set) ratio(get getfields
    list) roundingrule(add delete get getfields list update) section(add delete get getfields list update)
    store(add delete get getfields list update) storeproduct(get getfields list) userfield(document(list update))
    vat(add delete get getfields list update))
  `,
  crm: `
    crm(activity(add badge(add delete get list) binding(add delete list move) call(gettranscript)
    communication(fields) configurable(add get update) delete fields get layout(blocks(delete get set)) list
    todo(add update updatecolor updatedeadline updatedescription updateresponsibleuser) type(add delete list)
    update) address(add delete fields list update) automatedsolution(add delete fields get list update)
    automation(trigger trigger(add delete execute list)) calllist(add get items(get) list statuslist update)
    catalog(fields get list) category(add delete fields get list update) company(add contact(add delete fields
    items(delete get set)) delete details(configuration(forcecommonscopeforall get reset set)) fields get list
    update userfield(add delete get list update)) contact(add company(add delete fields items(delete get set))
    delete details(configuration(forcecommonscopeforall get reset set)) fields get list update userfield(add
    delete get list update)) currency(add base(get set) delete fields get list localizations(delete fields get
    set) update) deal(add contact(add delete fields items(delete get set)) delete
    details(configuration(forcecommonscopeforall get reset set)) fields get list productrows(get set)
    recurring(add delete expose fields get list update) update userfield(add delete get list update))
    dealcategory(add default(get set) delete fields get list stage(list) status update)
    documentgenerator(document(add delete enablepublicurl get getfields list update upload) numerator(add delete
    get list update) template(add delete get getfields list update)) duplicate(findbycomm volatiletype(fields list
    register unregister)) entity(mergebatch) enum(activitydirection activitynotifytype activitypriority
    activitystatus activitytype addresstype contenttype fields getorderownertypes ownertype settings(mode))
    invoice(add delete fields get getexternallink list recurring(add delete expose fields get list update)
    status(add delete fields get list update) update userfield(add delete get list update)) item(add batchimport
    delete delivery(get list) details(configuration(forcecommonscopeforall get reset set)) fields get import list
    payment(add delete delivery(add delete list setdelivery) get list pay product(add delete list setquantity)
    unpay update) productrow(add delete fields get getavailableforpayment list set update) update) lead(add
    contact(add delete fields items(delete get set)) delete details(configuration(forcecommonscopeforall get reset
    set)) fields get list productrows(get set) update userfield(add delete get list update)) measure(add delete
    fields get list update) multifield(fields) orderentity(add deletebyfilter getfields list) paysystem(fields
    list) persontype(fields list) product(add delete fields get list property(add delete enumeration(fields)
    fields get list settings(fields) types update) update) productrow(fields list) productsection(add delete
    fields get list update) quote(add contact(add delete fields items(delete get set)) delete fields get list
    productrows(get set) update userfield(add delete get list update)) requisite(add bankdetail(add delete fields
    get list update) delete fields get link(fields get list register unregister) list preset(add countries delete
    field(add availabletoadd delete fields get list update) fields get list update) update userfield(add delete
    get list update)) settings(mode(get)) stagehistory(list) status(add delete entity(items types) fields get list
    update) timeline(bindings(bind fields list unbind) comment(add delete fields get list update) icon(add delete
    get list) item(pin unpin) layout(blocks(delete get set)) logmessage(add delete get list) logo(add delete get
    list) note(delete get save)) tracking(trace(add delete)) type(add delete fields get getbyentitytypeid list
    update) userfield(enumeration(fields) fields settings(fields) types) vat(add delete fields get list update))
  `,
  delivery: `
    sale(delivery(extra(service(add delete get update)) request(delete sendmessage update)))
  `,
  department: `
    department(add delete fields get update)
  `,
  disk: `
    disk(attachedobject(get) file(copyto delete get getexternallink getfields getversions markdeleted moveto
    rename restore restorefromversion search uploadversion) folder(addsubfolder copyto deletetree get getchildren
    getexternallink getfields markdeleted moveto rename restore sharetouser uploadfile) rights(gettasks)
    storage(addfolder get getchildren getfields getforapp getlist gettypes rename uploadfile) version(get))
  `,
  documentgenerator: `
    documentgenerator(document(add delete enablepublicurl get getfields list update) numerator(add delete get list
    update) region(add delete get list update) role(add delete fillaccesses get list update) template(add delete
    get getfields list update))
  `,
  entity: `
    entity(add delete get item(add delete get property(add delete get update) update) rights section(add delete
    get update) update)
  `,
  'humanresources.hcmlink': `
    humanresources(hcmlink(company(add delete list update user(list)) employee(list set) field(value(set))
    job(status(get) update)))
  `,
  im: `
    im(chat(add get leave mute setowner updateavatar updatecolor updatetitle user(add delete list)) counters(get)
    department(colleagues(list) employees(get) get managers(get)) dialog(get messages(get search) read read(all)
    unread users(list) writing) disk(file(commit delete save) folder(get)) message(add command delete like share
    update) notify notify(answer confirm delete get history(search) personal(add) read read(all list) schema(get)
    system(add)) recent(get hide list pin unread) revision(get) search(chat(list) department(list) last(add delete
    get) user(list)) user(get list(get) status(get idle(end start) set)) v2(event(get subscribe unsubscribe)
    file(download upload)))
  `,
  imbot: `
    imbot(app(register unregister update) bot(list) chat(add get leave sendtyping setmanager setowner updateavatar
    updatecolor updatetitle user(add delete list)) command(answer register unregister update) dialog(get)
    message(add delete like update) register unregister update v2(bot(get list register unregister update)
    chat(add get inputaction(notify) leave manager(add delete) message(delete get getcontext reaction(add delete)
    read send update) setowner textfield(enabled) update user(add delete list)) command(answer list register
    unregister update) event(get) file(download upload) revision(get)))
  `,
  imconnector: `
    imconnector(chat(name(set)))
  `,
  imopenlines: `
    imconnector(activate connector(data(set)) delete(messages) list register send(messages status(delivery
    reading)) status unregister update(messages)) imopenlines(config(add delete get list(get) path(get) update)
    crm(chat(get getlastid user(add delete)) lead(create) message(add)) dialog(get) message(quick(save)
    session(start)) network(join message(add)) operator(another(finish) answer finish skip spam transfer)
    revision(get) session(head(vote) history(get) intercept join mode(pin pinall silent unpinall) open start))
  `,
  'imopenlines,imbot': `
    imopenlines(bot(session(finish message(send) operator transfer)))
  `,
  landing: `
    landing(block(addcard changeanchor changenodename clonecard getbyid getcontent getcontentfromrepository
    getlist getmanifest getmanifestfile getrepository removecard updateattrs updatecards updatecontent updatenodes
    updatestyles uploadfile) demos(getlist getpagelist getsitelist register unregister) landing(add addblock
    addbytemplate copy copyblock delete deleteblock downblock favoriteblock getadditionalfields getlist getpreview
    getpublicurl hideblock markdelete markdeletedblock markundelete markundeletedblock move moveblock publication
    removeentities resolveidbypublicurl showblock unfavoriteblock unpublic upblock update) repo(checkcontent
    getlist register unbind unregister) repowidget(debug getlist register unregister) role(enable getlist
    getrights isenabled setaccesscodes setrights) site(add addfolder bindingtogroup bindingtomenu delete
    fullexport getadditionalfields getfolders getgroupbindings getlist getmenubindings getpreview getpublicurl
    getrights markdelete markfolderdelete markfolderundelete markundelete publication publicationfolder setrights
    unbindingfromgroup unbindingfrommenu unpublic unpublicfolder update updatefolder) syspage(deleteforlanding
    deleteforsite get getspecialpage set) template(getlandingref getlist getsiteref setlandingref setsiteref))
  `,
  lists: `
    lists(add delete element(add delete get get(file(url)) update) field(add delete get type(get) update) get
    get(iblock(type(id))) section(add delete get update) update)
  `,
  log: `
    log(blogcomment(add delete user(get)) blogpost(add delete get getusers(important) share update))
  `,
  mailservice: `
    mailservice(add delete fields get list update)
  `,
  messageservice: `
    messageservice(message(status(update)) sender(add delete list update))
  `,
  pay_system: `
    sale(paysystem(add delete handler(add delete list update) list pay(invoice payment) settings(get invoice(get)
    payment(get) update) update))
  `,
  placement: `
    placement(bind get list unbind) userfieldtype(add delete list update)
  `,
  pull: `
    pull(application(config(get) event(add) push(add)))
  `,
  rpa: `
    rpa(comment(add delete update) fields(getsettings setsettings setvisibilitysettings) item(add delete get
    gettasks list update) stage(add delete get listfortype update) task(adduser delete do) timeline(add delete
    listforitem update updateisfixed) type(add delete get list update))
  `,
  sale: `
    sale(basketitem(add addcatalogproduct delete get getfields getfieldscatalogproduct list update
    updatecatalogproduct) basketproperties(add delete get getfields list update) businessvaluepersondomain(add
    deletebyfilter getfields list) delivery(add config(get update) delete getlist handler(add delete list update)
    update) order(add delete get getfields list update) payment(add delete get getfields list update)
    paymentitembasket(add delete get getfields list update) paymentitemshipment(add delete get getfields list
    update) persontype(add delete get getfields list update) property(add delete get getfieldsbytype list update)
    propertygroup(add delete get getfields list update) propertyrelation(add deletebyfilter getfields list)
    propertyvalue(delete get getfields list modify) propertyvariant(add delete get getfields list update)
    shipment(add delete get getfields list update) shipmentitem(add delete get getfields list update)
    shipmentproperty(add delete get getfieldsbytype list update) shipmentpropertyvalue(delete get getfields list
    modify) status(add delete get getfields list update) statuslang(add deletebyfilter getfields getlistlangs
    list) tradebinding(getfields list) tradeplatform(getfields list))
  `,
  salescenter: `
    salescenter(payment(getpublicurl))
  `,
  'sign.b2e': `
    sign(b2e(hcmlink(document(get)) mysafe(tail) personal(tail)))
  `,
  'sign.b2e,crm': `
    sign(b2e(company(provider(list)) document(get send)))
  `,
  socialnetwork: `
    socialnetwork(api(workgroup(get list)))
  `,
  sonet_group: `
    sonet_group(create delete feature(access) get setowner update user(add delete get groups invite request
    update))
  `,
  task: `
    task(checklistitem(add complete delete get getlist getmanifest isactionallowed moveafteritem renew update)
    comment(add) commentitem(add delete get getlist getmanifest isactionallowed update) dependence(add delete)
    elapseditem(add delete get getlist getmanifest isactionallowed update) item(add addfile addtofavorite approve
    complete defer delegate delete deletefile deletefromfavorite disapprove getallowedactions
    getallowedtaskactionsasstrings getdata getdependson getdescription getfiles getmanifest isactionallowed list
    renew startexecution update userfield(add delete get getfields getlist gettypes update)) items(getlist)
    logitem(list) planner(getlist) stages(add canmovetask delete get movetask update)) tasks(api(scrum(backlog(add
    delete get getfields update) epic(add delete get getfields list update) kanban(addstage addtask deletestage
    deletetask getfields getstages updatestage) sprint(add complete delete get getfields list start update)
    task(get getfields update))) flow(flow(activate create delete get isexists pin update)) task(add approve
    complete counters(get) defer delegate delete disapprove favorite(add remove) files(attach) get getaccess
    getfields history(list) list mute pause pin renew result(addfromcomment deletefromcomment list) start
    startwatch stopwatch unmute unpin update) template(add checklist(add addattachmentbycontent
    addattachmentsfromdisk complete delete get list moveafter movebefore removeattachments renew update) delete
    fields get update))
  `,
  telephony: `
    telephony(call(attachtranscription) externalcall(attachrecord finish hide register searchcrmentities show)
    externalline(add delete get update)) voximplant(callback(start) line(get outgoing(get set sip(set))) sip(add
    connector(status) delete get status update) statistic(get) tts(voices(get)) url(get) user(activatephone
    deactivatephone get))
  `,
  'telephony,call': `
    voximplant(infocall(startwithsound startwithtext))
  `,
  timeman: `
    timeman(close networkrange(check get set) open pause schedule(get) settings status timecontrol(report(add)
    reports(get settings(get) users(get)) settings(get set)))
  `,
  user: `
    user(add update)
  `,
  'user,user_brief,user_basic': `
    user(current fields get search)
  `,
  'user.userfield': `
    user(userfield(add delete file(get) list update))
  `,
  userconsent: `
    userconsent(agreement(list text) consent(add))
  `,
  userfieldconfig: `
    userfieldconfig(add delete get gettypes list update)
  `,
  vote: `
    vote(attachedvote(download get getanswervoted getmany getwithvoted recall resume stop vote)
    integration(im(send)))
  `,
};

/** Methods below /rest/api/. A method below both is another one in each, with parameters of its own. */
export const METHODS_OF_REST_3: Readonly<Record<string, string>> = {
  '': `
    batch documentation rest(documentation(openapi) scope(list))
  `,
  call: `
    call(followup(field(get list) get list))
  `,
  humanresources: `
    humanresources(employee(count field(get list) multidepartment search subordinates) node(add children
    communication(edit list) count edit field(get list) get list member(add field(get list) move remove set) move
    search))
  `,
  mail: `
    mail(mailbox(field(get list) get list senders) message(createcalendarevent createchat createcrmactivity
    createfeedpost createtask field(get list) forward get list movetofolder removecrmactivity reply send thread)
    recipient(field(get list) listcontacts listemployees))
  `,
  main: `
    main(eventlog(field(get list) get list tail))
  `,
  note: `
    note(collection(add archive delete field(get list) get list update) document(add archive delete field(get
    list) get search(field(get list) list) tree(field(get list) list) update) file(add field(get list) get))
  `,
  task: `
    tasks(task(access(field(get list) get) add chat(message(field(get list) send)) delete field(get list)
    file(attach field(get list)) get list result(add addfromchatmessage delete list update) update))
  `,
  timeman: `
    timeman(record(field(get list) list))
  `,
};
