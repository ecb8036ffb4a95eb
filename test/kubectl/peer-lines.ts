/**
 * Command lines that both kubectls are given, in this order, each to a lab of its own that began the same: the real one by the lab's API, ours on the
 * control plane. `~` begins what only brings both labs to one state again, or is told in an order of chance. DIR is a folder with the manifests below.
 */
export const MANIFESTS: Readonly<Record<string, string>> = {
  'pod.yaml': `apiVersion: v1
kind: Pod
metadata:
  name: plain
  labels:
    app: plain
spec:
  containers:
  - name: main
    image: busybox
    command: ["sleep", "3600"]
    ports:
    - containerPort: 8080
      name: http
    env:
    - name: GREETING
      value: hello
  - name: side
    image: nginx
`,
  'web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {app: web}
spec:
  replicas: 2
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: nginx
        image: nginx:1.27
        ports:
        - containerPort: 80
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector: {app: web}
  ports:
  - port: 80
    targetPort: 80
`,
  'settings.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  a: "1"\n  b: two\n',
  'settings-2.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  a: "3"\n  c: new\n',
  'no-kind.yaml': 'apiVersion: v1\nmetadata:\n  name: x\n',
  'no-type.yaml': 'metadata:\n  name: x\n',
  'bad-yaml.yaml': 'apiVersion: v1\nkind: Pod\n  metadata:\n name: x\n',
  'unknown-group.yaml': 'apiVersion: example.com/v1\nkind: Gadget\nmetadata:\n  name: x\n',
  'no-image.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: noimage\nspec:\n  containers:\n  - name: main\n',
  'unknown-field.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: odd\nspec:\n  containers:\n  - name: main\n    image: nginx\n    imagee: x\n',
  'wrong-type.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: odd\nspec:\n  containers: nginx\n',
  'bad-name.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: Bad_Name\nspec:\n  containers:\n  - name: main\n    image: nginx\n',
  'empty.yaml': '',
  'patch.yaml': 'metadata:\n  annotations:\n    from: file\n',
  'text.txt': 'some text\n',
  'vars.env': 'A=1\nB=two words\n',
};

export const LINES: readonly string[] = `
version
version --client
version -o json --client
cluster-info
api-versions
api-resources
api-resources --namespaced=false
api-resources --api-group=apps
api-resources -o name
api-resources -o wide
api-resources --verbs=list,create --no-headers
config use-context nope
config nonsense
auth can-i create pods
auth can-i list nodes
auth can-i '*' '*'
auth can-i get gadgets
auth can-i
auth whoami
top nodes
top pods
get nodes
get nodes -o wide
get nodes --show-labels
get nodes -L kubernetes.io/hostname,nope
get node node-1 -o name
get node/node-1 node/node-2
get nodes node-1 nope
get no controlplane -o jsonpath={.status.nodeInfo.kubeletVersion}
get nodes -o jsonpath={.items[*].spec.podCIDR}
get nodes -o jsonpath='{range .items[*]}{.metadata.name}{"\\t"}{.spec.podCIDR}{"\\n"}{end}'
get nodes -o custom-columns=NAME:.metadata.name,CIDR:.spec.podCIDR,NONE:.spec.nope
get nodes -o custom-columns=NAME:.metadata.name --no-headers
get nodes -o go-template='{{range .items}}{{.metadata.name}}{{"\\n"}}{{end}}'
get nodes -o go-template='{{range $i, $n := .items}}{{$i}}:{{$n.metadata.name}} {{end}}'
get node node-1 -o go-template='{{.spec.podCIDR}} {{if .spec.unschedulable}}no{{else}}yes{{end}} {{len .status.addresses}}'
get node node-1 -o template='{{.nope}}'
get node node-1 -o go-template='{{.metadata.name'
get node node-1 -o go-template
get nodes -o custom-columns
get nodes -o custom-columns=NAME
get nodes -o jsonpath
get nodes -o jsonpath='{.items[0]'
get nodes -o jsonpath={.items[9].metadata.name}
get nodes -o jsonpath='{.items[?(@.metadata.name=="node-1")].spec.podCIDR}'
get nodes -o jsonpath-as-json={.items[*].metadata.name}
get nodes -o nonsense
get nodes --sort-by=.metadata.name
get nodes --sort-by={.spec.podCIDR} --no-headers
get nodes --sort-by=.nope.nope
get nodes -l kubernetes.io/hostname=node-1
get nodes -l 'kubernetes.io/hostname in (node-1,node-2)'
get nodes -l 'node-role.kubernetes.io/control-plane'
get nodes -l '!node-role.kubernetes.io/control-plane' -o name
get nodes -l kubernetes.io/hostname=nope
get nodes -l 'a in'
get nodes -l 'a==b,,c'
get nodes --field-selector metadata.name=node-2
get nodes --field-selector spec.nope=1
get nodes --field-selector nonsense
get pods
get pods -A
get pods -A -o wide
get pods -A --no-headers
get pods -n kube-system -l k8s-app=kube-dns
get pods -n kube-system --field-selector spec.nodeName=node-1 -o name
get pods --field-selector=status.phase!=Running
get pods --sort-by=.spec.nodeName -o name
get pods --sort-by=.metadata.nope -o name
get pods -o json --field-selector=status.phase=Failed
get pods -o yaml --field-selector=status.phase=Failed
get pods -o name -l run=hello-1
get pod hello-1 -o jsonpath={.status.podIP}
get pod hello-1 -o jsonpath='{.status.containerStatuses[0].containerID}'
get pod/hello-1 -o wide --show-labels
get pods,svc
get all
get all -A
get cm,ns
get ds -A
get ds,deploy -A -o wide
get rs -A
get deploy -A
get svc -A -o wide
get svc kubernetes -o yaml
get ep
get endpointslices
get sa
get sa -A
get leases -n kube-node-lease
get events -n kube-system --field-selector reason=nope
get ns default -o yaml
get ns
get cm -n kube-system
get cm -A
get cm kube-flannel-cfg -n kube-flannel -o yaml
get cm kubeadm-config -n kube-system -o jsonpath={.data.ClusterConfiguration}
get cm coredns -n kube-system -o jsonpath={.data.Corefile}
get cm kube-proxy -n kube-system -o name
get secrets
get networkpolicies
get pods -n nowhere
get pod nope
get pods nope -n nowhere
get pod hello-1 nope
get pod hello-1 --ignore-not-found
get pod nope --ignore-not-found
get gadgets
get gadgets.example.com x
get
get pods/hello-1 nodes
get pod hello-1 -A
get pods hello-1 -l a=b
get pods --nope
get pods -Z
get pods --watch=maybe
get pod/a/b
get /x
get pods -o
get -f DIR/pod.yaml
get -f DIR/nope.yaml
get --raw /healthz
get --raw /api/v1/namespaces/default/pods/nope
gett pods
explain
explain pods
explain pod.spec.containers.ports
explain pod.spec.containers.imagePullPolicy
explain deploy.spec.strategy --recursive
explain nope
explain pod.nope
explain svc.spec.type
run
run nginx
run nginx --image=
run nginx --image=nginx --dry-run=client
run nginx --image=nginx --dry-run=client -o yaml
run nginx --image=nginx --dry-run=client -o json
run nginx --image=nginx --dry-run=client -o name
run box --image=busybox --restart=Never --dry-run=client -o yaml --env=A=1 --env=B=2 --port=80 --labels=a=b,c=d --command -- sleep 10
run box --image=busybox --dry-run=client -o yaml -- a b
run box --image=busybox --dry-run=client -o yaml --expose --port=80
run box --image=busybox --expose
run box --image=busybox --dry-run=server
run box --image=busybox --dry-run=nope
run box --image=busybox --restart=Sometimes
run box --image=busybox --image-pull-policy=Perhaps
run box --image=busybox --rm
run box --image=busybox -t
run Bad_Name --image=busybox
run box --image=busybox --labels=nonsense
run box --image=UPPER/case
run box --image=busybox --overrides='{"spec":{"nodeName":"node-1"}}' --dry-run=client -o yaml
run box --image=busybox --overrides='nonsense' --dry-run=client -o yaml
run box --image=busybox --env=nonsense --dry-run=client -o yaml
run lone --image=nginx
run lone --image=nginx
~ wait --for=condition=Ready pod/lone --timeout=60s
get pod lone
get pod lone --show-labels
describe pod lone
logs lone
logs nope
logs
logs lone -c nope
logs lone --tail=0
logs lone --tail=-5
logs lone --previous
exec lone -- hostname
exec lone -- sh -c 'exit 3'
exec lone -- nosuch
exec lone
exec lone date
exec nope -- date
exec lone -c nope -- date
exec deploy/nope -- date
annotate pod lone note=one
annotate pod lone note=two
annotate pod lone note=two --overwrite
annotate pod lone note-
annotate pod lone
annotate pods --all shared=yes
label pod lone tier=front
label pod lone tier=back
label pod lone tier=back --overwrite
label pod lone tier=back
label pod lone tier-
label pod lone nope-
label pod lone 'bad value=x'
label pod lone -x=y
label pod lone x='bad value'
label pod lone
label pod nope a=b
label pods --all seen=yes
label pods -l seen=yes seen-
label node node-1 disk=ssd
label pod lone a=b --dry-run=client
label node controlplane --list -o name
label pod lone a=b -o name
taint nodes node-1 key=value:NoSchedule
taint nodes node-1 key=value:NoSchedule
taint nodes node-1 key=other:NoSchedule
taint nodes node-1 key=other:NoSchedule --overwrite
taint nodes node-1 key:NoExecute-
taint nodes node-1 key=value:Nonsense
taint nodes node-1 key
taint nodes node-1 key-
taint nodes nope key=value:NoSchedule
taint nodes -l disk=ssd a=b:PreferNoSchedule
taint node node-1 a:PreferNoSchedule-
taint nodes
taint pods lone a=b:NoSchedule
cordon node-1
cordon node-1
get node node-1
uncordon node-1
uncordon node-1
cordon
cordon nope
drain node-1
drain node-2 --ignore-daemonsets --dry-run=client
drain nope
drain
patch pod lone -p '{"metadata":{"labels":{"p":"1"}}}'
patch pod lone -p '{"metadata":{"labels":{"p":"1"}}}'
patch pod lone --type=json -p '[{"op":"add","path":"/metadata/labels/q","value":"2"}]'
patch pod lone --type=merge -p '{"metadata":{"labels":{"q":null}}}'
patch pod lone --type=json -p '[{"op":"remove","path":"/metadata/labels/nope"}]'
patch pod lone --type=nope -p '{}'
patch pod lone -p 'nonsense: ['
patch pod lone -p '{"spec":{"nodeName":"node-9"}}'
patch pod lone
patch pod nope -p '{}'
patch pod lone -p '{"metadata":{"labels":{"r":"3"}}}' -o name
patch pod lone -p '{"metadata":{"labels":{"r":"4"}}}' --dry-run=client
patch pod lone --patch-file=DIR/patch.yaml
patch node node-1 -p '{"spec":{"unschedulable":true}}'
patch node node-1 -p '{"spec":{"unschedulable":null}}'
patch svc kubernetes --type=merge -p '{"spec":{"type":"Nonsense"}}'
create
create -f DIR/nope.yaml
create -f DIR/pod.yaml --dry-run=client
create -f DIR/pod.yaml --dry-run=client -o yaml
create -f DIR/pod.yaml
create -f DIR/pod.yaml
create -f DIR/no-kind.yaml
create -f DIR/no-type.yaml
create -f DIR/bad-yaml.yaml
create -f DIR/unknown-group.yaml
create -f DIR/no-image.yaml
create -f DIR/unknown-field.yaml
create -f DIR/wrong-type.yaml
create -f DIR/bad-name.yaml
create -f DIR/empty.yaml
create -f DIR/pod.yaml -n nowhere
create -f DIR/pod.yaml -o name --dry-run=server
create nonsense
~ wait --for=condition=Ready pod/plain --timeout=60s
exec plain -- printenv GREETING
exec plain -c side -- hostname
logs plain
logs plain -c side --tail=1
logs plain --all-containers --tail=0
describe pod plain
describe pods -l app=plain
describe pod nope
describe
describe gadgets
describe node node-2
describe ns default
describe cm nope
describe svc kubernetes
describe ep kubernetes
describe sa default
describe ds kube-proxy -n kube-system
~ describe cm kube-flannel-cfg -n kube-flannel
describe lease node-1 -n kube-node-lease
create namespace shop
create ns shop
create ns
create ns Bad_Name
create ns other --dry-run=client -o yaml
create configmap things --from-literal=a=1 --from-literal=b=two
create cm things --from-literal=a=1
create cm filed --from-file=DIR/text.txt --from-file=key=DIR/text.txt
create cm env --from-env-file=DIR/vars.env
create cm dry --from-literal=x=y --dry-run=client -o yaml
create cm
create cm bad --from-literal=nonsense
create cm bad --from-file=DIR/nope
get cm things filed env
get cm filed -o yaml
get cm things -o jsonpath={.data}
get cm things -o jsonpath='{.data.a}{"\\n"}'
describe cm filed
create secret generic hidden --from-literal=password=x
create serviceaccount robot
create sa robot
get sa robot
create sa other --dry-run=client -o yaml
create deployment shop --image=nginx --replicas=2 --dry-run=client -o yaml
create deployment shop --image=nginx --replicas=2
create deployment shop --image=nginx
create deployment
create deployment noimage
create deployment two --image=nginx --image=httpd --dry-run=client -o yaml
create deployment sleeper --image=busybox --dry-run=client -o yaml -- sleep 100
create service clusterip inner --tcp=80:8080 --dry-run=client -o yaml
create service nodeport outer --tcp=80 --dry-run=client -o yaml
create service clusterip headless --clusterip=None --dry-run=client -o yaml
create service clusterip
create service nonsense x
create service clusterip bad
create service clusterip inner --tcp=5678:8080
get svc inner
create job once --image=busybox --dry-run=client -o yaml
create quota
create clusterrole
~ rollout status deployment/shop --timeout=60s
rollout status deployment/shop
get deploy shop
get deploy,rs,pods -l app=shop
get deploy shop -o wide
describe deploy shop
describe rs -l app=shop
expose deployment shop --port=80
expose deployment shop --port=80
expose deployment shop --port=80 --name=np --type=NodePort --dry-run=client -o yaml
expose deployment shop
expose pod lone --port=80 --target-port=http --name=lone-svc
expose pod nope --port=80
expose node node-1 --port=80
expose deployment shop --port=abc --name=bad
get svc shop -o wide
get endpoints shop
describe svc shop
scale deployment shop --replicas=3
~ rollout status deployment/shop --timeout=60s
scale deployment shop --replicas=3
scale deployment shop --current-replicas=9 --replicas=1
scale deployment nope --replicas=1
scale deployment shop
scale deployment/shop --replicas=-1
scale pod lone --replicas=1
scale deploy --all --replicas=2
~ rollout status deployment/shop --timeout=60s
set image deployment/shop nginx=nginx:1.26
~ rollout status deployment/shop --timeout=60s
set image deployment/shop nginx=nginx:1.26
set image deployment/shop nope=nginx
set image deployment/shop
set image
set image pod/lone lone=httpd --dry-run=client
set env deployment/shop COLOR=blue
~ rollout status deployment/shop --timeout=60s
set env deployment/shop --list
set env deployment/shop COLOR-
~ rollout status deployment/shop --timeout=60s
set env deployment/shop
set nonsense
set resources deployment shop --limits=cpu=200m,memory=64Mi --dry-run=client -o jsonpath={.spec.template.spec.containers[0].resources}
set selector svc shop a=b --dry-run=client -o jsonpath={.spec.selector}
rollout history deployment/shop
rollout history deployment/shop --revision=2
rollout history deployment/shop --revision=99
rollout undo deployment/shop --dry-run=client
rollout undo deployment/shop --to-revision=1
~ rollout status deployment/shop --timeout=60s
rollout undo deployment/shop --to-revision=99
rollout history deployment/shop
rollout restart deployment/shop
~ rollout status deployment/shop --timeout=60s
rollout pause deployment/shop
rollout pause deployment/shop
rollout restart deployment/shop
rollout resume deployment/shop
rollout resume deployment/shop
rollout history deployment/nope
rollout status deployment/nope
rollout status pod/lone
rollout history
rollout nonsense
rollout status ds/kube-proxy -n kube-system
rollout history ds/kube-proxy -n kube-system
apply -f DIR/settings.yaml
apply -f DIR/settings.yaml
diff -f DIR/settings.yaml
diff -f DIR/settings-2.yaml
apply -f DIR/settings-2.yaml
apply view-last-applied cm settings
get cm settings -o jsonpath={.data}
apply -f DIR/settings-2.yaml --dry-run=server
apply -f DIR/web.yaml
apply -f DIR/web.yaml
~ rollout status deployment/web --timeout=60s
apply -f DIR/nope.yaml
apply
apply -f DIR/unknown-field.yaml
apply -f DIR/no-kind.yaml
apply --server-side -f DIR/settings.yaml
apply --server-side --force-conflicts -f DIR/settings.yaml
replace -f DIR/settings.yaml
replace -f DIR/nope.yaml
replace
replace --force -f DIR/settings.yaml
edit cm settings
edit cm nope
edit
wait --for=condition=Ready pod/lone
wait --for=condition=Ready pod/nope
wait --for=condition=Nope pod/lone --timeout=1s
wait --for=jsonpath='{.status.phase}'=Running pod/lone
wait --for=delete pod/nope
wait pod/lone
wait --for=nonsense pod/lone
wait --for=condition=Ready
wait --for=condition=Available deploy/web
wait --for=condition=Ready pods -l app=web
cp DIR/text.txt lone:/tmp/text.txt
exec lone -- cat /tmp/text.txt
cp DIR/nope lone:/tmp/x
cp a b
cp nope:/x DIR/y
cp
port-forward
port-forward lone
port-forward nope 80
port-forward lone abc
port-forward svc/nope 80
attach
attach nope
attach lone -c nope
debug
debug nope --image=busybox
get events --field-selector involvedObject.name=lone -o name --no-headers
get events --field-selector involvedObject.name=nope
run stray --image=nosuch/image
run far --image=nginx --overrides='{"spec":{"nodeSelector":{"no":"where"}}}'
run picky --image=nginx --overrides='{"spec":{"nodeName":"node-1","containers":[{"name":"picky","image":"nginx","resources":{"requests":{"cpu":"1"}}}]}}'
~ wait --for=jsonpath='{.status.containerStatuses[0].state.waiting.reason}'=ErrImagePull pod/stray --timeout=30s
~ wait --for=condition=PodScheduled=False pod/far --timeout=30s
describe pod far
logs stray
get pod far
get events --field-selector involvedObject.name=far
wait --for=delete pod/far --timeout=1s
delete pod far
delete pod far
delete pod far --ignore-not-found
delete pods -l app=nope
delete pod
delete
delete pod lone plain --now
delete gadgets x
delete -f DIR/web.yaml
delete -f DIR/settings.yaml --dry-run=client
delete -f DIR/settings.yaml
delete -f DIR/nope.yaml
delete pod stray picky --force
delete pod a b --grace-period=5 --force
delete pods --all -l a=b
delete deploy shop --wait=false
delete svc,cm --all
delete ns shop
delete ns default
delete node node-9
get pods --chunk-size=1 -o name
get node node-1 -o yaml --show-managed-fields
`
  .split('\n')
  .filter((line) => line !== '');
