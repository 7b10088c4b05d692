using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SecureRecorder.Storage.Catalogue.Migrations
{
    /// <inheritdoc />
    public partial class SessionTicketAndLabel : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // What was the label until now is a ticket or subject, typed freely.
            migrationBuilder.RenameColumn(name: "Label", table: "Sessions", newName: "Ticket");
            migrationBuilder.AddColumn<string>(name: "Label", table: "Sessions", type: "TEXT", maxLength: 60, nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(name: "Label", table: "Sessions");
            migrationBuilder.RenameColumn(name: "Ticket", table: "Sessions", newName: "Label");
        }
    }
}
