# A provider of Vagrant for tests: its machines are real guests of qemu, without root and without hardware virtualisation. A guest has what VirtualBox
# gives: eth0 behind NAT (10.0.2.15 on every machine, by DHCP; the same MAC address, since all are cloned of one box), and one card more for each
# private_network, all in one segment. Suspending writes its memory to a file and ends qemu; a snapshot is such a file that stays.
# `./image` builds what they boot.
require 'digest'
require 'fileutils'
require 'json'
require 'socket'
require 'timeout'

module PodwalkGuests
  class Error < Vagrant::Errors::VagrantError
    def initialize(text)
      @text = text
      super()
    end

    def error_message
      @text
    end
  end

  # A guest, found by its folder.
  class Guest
    NAT_MAC = '08:00:27:8d:c0:4d'.freeze

    def initialize(machine)
      @machine = machine
      @folder = machine.data_dir.join('guest')
    end

    def state
      return :not_created unless @folder.directory?
      return :running if process
      @folder.join('suspended').exist? ? :saved : :poweroff
    end

    def create
      FileUtils.mkdir_p(@folder)
    end

    def port
      @folder.join('port').read.to_i
    end

    # `memory`: a file that its memory is in, to go on from there.
    def start(memory = nil)
      FileUtils.rm_f(socket_path)
      image = `#{File.join(__dir__, 'image')}`.strip
      raise Error, 'the image of the guests could not be built' unless $?.success?
      File.write(@folder.join('port'), free_port) unless memory && @folder.join('port').exist?
      config = @machine.provider_config
      arguments = ['qemu-system-x86_64', '-accel', 'tcg', '-cpu', 'max', '-m', config.memory.to_s, '-smp', '1', '-nodefaults', '-no-reboot', '-display', 'none',
                   '-serial', "file:#{@folder.join('console')}", '-qmp', "unix:#{socket_path},server=on,wait=off",
                   '-kernel', "#{image}/vmlinuz", '-initrd', "#{image}/initrd", '-append', command_line,
                   '-pidfile', @folder.join('pid').to_s, '-daemonize', *cards]
      arguments += ['-incoming', "exec:cat < '#{memory}'"] if memory
      raise Error, "qemu did not start; its console: #{@folder.join('console')}" unless system(*arguments, %i[out err] => @folder.join('qemu.log').to_s)
      return unless memory
      wait_for('going on from its memory') { tell('query-status')['status'] != 'inmigrate' }
      tell('cont')
    end

    def save(file)
      tell('stop')
      tell('migrate', 'uri' => "exec:cat > '#{file}'")
      wait_for('writing its memory') do
        status = tell('query-migrate')['status']
        raise Error, 'its memory could not be written' if status == 'failed'
        status == 'completed'
      end
    end

    def suspend
      save(@folder.join('suspended'))
      stop
    end

    def resume
      memory = @folder.join('suspended')
      start(memory)
      FileUtils.rm_f(memory)
    end

    def stop
      pid = process or return
      Process.kill('TERM', pid)
      wait_for('ending') { process.nil? }
    end

    # As holding its power button.
    def power_off
      FileUtils.rm_f(@folder.join('suspended'))
      stop
    end

    def destroy
      stop
      FileUtils.rm_rf(@folder)
    end

    def snapshots
      Dir[@folder.join('snapshots', '*')].sort_by { |file| File.mtime(file) }.map { |file| File.basename(file) }
    end

    def save_snapshot(name)
      FileUtils.mkdir_p(@folder.join('snapshots'))
      save(@folder.join('snapshots', name))
      tell('cont')
    end

    def restore_snapshot(name)
      power_off
      start(@folder.join('snapshots', name))
    end

    def delete_snapshot(name)
      FileUtils.rm_f(@folder.join('snapshots', name))
    end

    private

    # Its process id, while it runs.
    def process
      pid = @folder.join('pid').read.to_i
      File.read("/proc/#{pid}/cmdline").include?(@folder.join('pid').to_s) ? pid : nil
    rescue Errno::ENOENT, Errno::ESRCH
      nil
    end

    def command_line
      quiet = 'console=ttyS0 quiet panic=-1 mitigations=off tsc=reliable no_timer_check rodata=off dummy.numdummies=0'
      name = @machine.config.vm.hostname || @machine.name
      "#{quiet} podwalk.name=#{name} podwalk.private=#{private_addresses.map { |address| "#{address}/24" }.join(',')}"
    end

    def private_addresses
      @machine.config.vm.networks.select { |kind, _| kind == :private_network }.map { |_, options| options[:ip] }.compact
    end

    def cards
      # All machines of one Vagrantfile are in one segment: a group that qemu joins on loopback.
      group = 10_000 + Digest::SHA256.hexdigest(@machine.env.local_data_path.to_s)[0, 4].hex % 20_000
      own = ['-netdev', "user,id=nat,hostfwd=tcp:127.0.0.1:#{port}-:22", '-device', "virtio-net-pci,netdev=nat,mac=#{NAT_MAC},romfile="]
      private_addresses.each_with_index.inject(own) do |all, (address, index)|
        mac = '08:00:27:' + Digest::SHA256.hexdigest("#{@machine.name} #{address}")[0, 6].scan(/../).join(':')
        all + ['-netdev', "socket,id=private#{index},mcast=230.0.0.1:#{group + index},localaddr=127.0.0.1",
               '-device', "virtio-net-pci,netdev=private#{index},mac=#{mac},romfile="]
      end
    end

    def free_port
      server = TCPServer.new('127.0.0.1', 0)
      server.addr[1].to_s
    ensure
      server&.close
    end

    # The path of a socket is short, that of a project may be long.
    def socket_path
      File.join('/tmp', "podwalk-guest-#{Digest::SHA256.hexdigest(@folder.to_s)[0, 12]}")
    end

    def tell(command, arguments = {})
      UNIXSocket.open(socket_path) do |socket|
        socket.gets
        [{ execute: 'qmp_capabilities' }, { execute: command, arguments: arguments }].map do |message|
          socket.puts(JSON.generate(message))
          answer = JSON.parse(socket.gets) until answer && (answer.key?('return') || answer.key?('error'))
          raise Error, "qemu: #{answer['error']['desc']}" if answer.key?('error')
          answer['return']
        end.last
      end
    end

    def wait_for(what)
      Timeout.timeout(120, Error, "#{@machine.name}: #{what} took too long") { sleep 0.1 until yield }
    end
  end

  # One action: what it does with the guest, and how it says so.
  class Step
    def initialize(app, _env, words, work)
      @app = app
      @words = words
      @work = work
    end

    def call(env)
      env[:ui].output(@words) if @words
      @work.call(Guest.new(env[:machine]), env)
      @app.call(env)
    end
  end

  module Actions
    include Vagrant::Action::Builtin

    def self.build
      Vagrant::Action::Builder.new.tap { |builder| yield builder }
    end

    def self.step(builder, words = nil, &work)
      builder.use(Step, words, work)
    end

    def self.boot(builder)
      builder.use(WaitForCommunicator, %i[running])
    end

    def self.up
      build do |b|
        b.use(ConfigValidate)
        b.use(Provision)
        step(b) do |guest, env|
          case guest.state
          when :running then env[:ui].info('Machine already running.')
          when :saved
            env[:ui].info('Resuming suspended VM...')
            guest.resume
          else
            if guest.state == :not_created
              env[:ui].output('Importing base box...')
              guest.create
              env[:machine].id = Digest::SHA256.hexdigest("#{env[:machine].data_dir}")[0, 16]
            end
            env[:ui].output('Booting VM...')
            raise Error, "The guest machine refused to boot: #{env[:machine].provider_config.refuse}" if env[:machine].provider_config.refuse
            guest.start
          end
        end
        boot(b)
      end
    end

    def self.halt
      build do |b|
        step(b, 'Attempting graceful shutdown of VM...') { |guest, env| guest.power_off unless env[:machine].state.id == :not_created }
      end
    end

    def self.suspend
      build { |b| step(b, 'Saving VM state and suspending execution...') { |guest, _| guest.suspend if guest.state == :running } }
    end

    def self.resume
      build do |b|
        step(b, 'Resuming suspended VM...') { |guest, _| guest.resume if guest.state == :saved }
        boot(b)
      end
    end

    def self.destroy
      build do |b|
        b.use(Call, DestroyConfirm) do |env, inner|
          raise Error, 'not confirmed' unless env[:result]
          step(inner, 'Destroying VM and associated drives...') do |guest, inside|
            guest.destroy
            inside[:machine].id = nil
          end
          inner.use(ProvisionerCleanup)
        end
      end
    end

    def self.provision
      build { |b| b.use(ConfigValidate); b.use(Provision) }
    end

    def self.reload
      build { |b| b.use(halt); b.use(up) }
    end

    def self.ssh
      build { |b| b.use(SSHExec) }
    end

    def self.ssh_run
      build { |b| b.use(SSHRun) }
    end

    def self.snapshot_save
      build { |b| step(b) { |guest, env| env[:ui].info("Snapshotting the machine as '#{env[:snapshot_name]}'..."); guest.save_snapshot(env[:snapshot_name]) } }
    end

    def self.snapshot_restore
      build do |b|
        step(b) { |guest, env| env[:ui].info("Restoring the snapshot '#{env[:snapshot_name]}'..."); guest.restore_snapshot(env[:snapshot_name]) }
        boot(b)
      end
    end

    def self.snapshot_delete
      build { |b| step(b) { |guest, env| env[:ui].info("Deleting the snapshot '#{env[:snapshot_name]}'..."); guest.delete_snapshot(env[:snapshot_name]) } }
    end
  end

  class Provider < Vagrant.plugin('2', :provider)
    def initialize(machine)
      @machine = machine
    end

    def action(name)
      Actions.respond_to?(name) ? Actions.public_send(name) : nil
    end

    def ssh_info
      guest = Guest.new(@machine)
      guest.state == :running ? { host: '127.0.0.1', port: guest.port } : nil
    end

    WORDS = { not_created: 'not created', running: 'running', saved: 'saved', poweroff: 'poweroff' }.freeze

    def state
      id = Guest.new(@machine).state
      @machine.id = nil if id == :not_created && @machine.id
      Vagrant::MachineState.new(id == :not_created ? Vagrant::MachineState::NOT_CREATED_ID : id, WORDS[id], "The guest is #{WORDS[id]}.")
    end

    def to_s
      "a guest (#{@machine.name})"
    end
  end

  class Config < Vagrant.plugin('2', :config)
    # `refuse`: a reason for which it does not boot.
    attr_accessor :memory, :refuse

    def initialize
      @memory = UNSET_VALUE
      @refuse = UNSET_VALUE
    end

    def finalize!
      @memory = 256 if @memory == UNSET_VALUE
      @refuse = nil if @refuse == UNSET_VALUE
    end
  end

  module SnapshotList
    def self.snapshot_list(machine)
      Guest.new(machine).snapshots
    end
  end

  class Plugin < Vagrant.plugin('2')
    name 'podwalk guests'
    provider(:guest, box_optional: true, parallel: true) { Provider }
    config(:guest, :provider) { Config }
    provider_capability(:guest, :snapshot_list) { SnapshotList }
  end
end
